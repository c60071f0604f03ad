/** Tests of the parts of {@code linkctl demo}. */
@NullMarked
package dev.linkd.client.demo;

import org.jspecify.annotations.NullMarked;
