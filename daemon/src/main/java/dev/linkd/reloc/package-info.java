/** Relocations, indexed by the atom that contains them and by the symbol that they refer to. */
@NullMarked
package dev.linkd.reloc;

import org.jspecify.annotations.NullMarked;
