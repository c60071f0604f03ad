/** What {@code linkctl demo} does: a C program is linked, edited and patched. */
@NullMarked
package dev.linkd.client.demo;

import org.jspecify.annotations.NullMarked;
