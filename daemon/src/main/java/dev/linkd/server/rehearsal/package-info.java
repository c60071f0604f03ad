/**
 * What a daemon does while nobody has asked anything of it yet: it links sample programs on a stage
 * of its own, the way clients would, so that the virtual machine has compiled the code when the
 * first client comes.
 */
@NullMarked
package dev.linkd.server.rehearsal;

import org.jspecify.annotations.NullMarked;
