/** What is particular to x86-64 in ELF: relocation kinds and instruction rewriting. */
@NullMarked
package dev.linkd.elf.x86_64;

import org.jspecify.annotations.NullMarked;
