/** The commands of {@code linkctl} against a real daemon. */
@NullMarked
package dev.linkd.client.command;

import org.jspecify.annotations.NullMarked;
