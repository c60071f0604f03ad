/**
 * Symbol names as programmers wrote them: C++ (Itanium ABI, chapter 5) and Rust (legacy and v0).
 */
@NullMarked
package dev.linkd.object.demangle;

import org.jspecify.annotations.NullMarked;
