/** Symbols: one row per name or local entity, its ranked definitions and its resolution. */
@NullMarked
package dev.linkd.symbol;

import org.jspecify.annotations.NullMarked;
