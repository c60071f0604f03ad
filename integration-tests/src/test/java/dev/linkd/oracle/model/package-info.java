/** What a program is, as plain values: streams of atoms, their definitions and relocations. */
@NullMarked
package dev.linkd.oracle.model;

import org.jspecify.annotations.NullMarked;
