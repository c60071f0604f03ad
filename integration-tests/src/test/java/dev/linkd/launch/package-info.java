/** The shell scripts that start linkd, and the distribution that contains them. */
@NullMarked
package dev.linkd.launch;

import org.jspecify.annotations.NullMarked;
