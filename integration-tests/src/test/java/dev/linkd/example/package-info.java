/** The example of {@code docs/api.md}, compiled and run by the tests. */
@NullMarked
package dev.linkd.example;

import org.jspecify.annotations.NullMarked;
