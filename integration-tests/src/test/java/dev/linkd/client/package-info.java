/** The client and real daemon processes. */
@NullMarked
package dev.linkd.client;

import org.jspecify.annotations.NullMarked;
