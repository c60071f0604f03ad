/** Names of C++ as the Itanium ABI mangles them, made readable. */
@NullMarked
package dev.linkd.object.cpp;

import org.jspecify.annotations.NullMarked;
