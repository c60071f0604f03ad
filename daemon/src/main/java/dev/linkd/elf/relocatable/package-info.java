/** Relocatable outputs: objects joined to one object, made anew whenever an input changed. */
@NullMarked
package dev.linkd.elf.relocatable;

import org.jspecify.annotations.NullMarked;
