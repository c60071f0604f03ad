/**
 * Reads finished ELF64 files the way a loader and a debugger do, and the rules that every output
 * must follow. Shares nothing with the linker, not even the constants.
 */
@NullMarked
package dev.linkd.oracle.image;

import org.jspecify.annotations.NullMarked;
