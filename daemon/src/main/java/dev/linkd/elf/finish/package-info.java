/** Relocatable outputs: objects joined to one object, made anew whenever an input changed. */
@NullMarked
package dev.linkd.elf.finish;

import org.jspecify.annotations.NullMarked;
