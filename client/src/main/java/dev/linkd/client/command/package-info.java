/** The commands of {@code linkctl}, one class each. */
@NullMarked
package dev.linkd.client.command;

import org.jspecify.annotations.NullMarked;
