/** The direction of dependencies between packages, as rules that the build checks. */
@NullMarked
package dev.linkd.architecture;

import org.jspecify.annotations.NullMarked;
