package dev.linkd.driver;

/**
 * A linker script that lays an image out in the usual way: the sections that scripts with INSERT
 * add to.
 */
final class UsualScript {
  private UsualScript() {}

  /**
   * The script.
   *
   * @param base address of the ELF header
   */
  static String text(long base) {
    return TEXT.replace("BASE", "0x" + Long.toHexString(base));
  }

  /** The same, where constants and code share pages, so that one segment contains both. */
  static String joined(long base) {
    return text(base).replace(PAGE, "");
  }

  private static final String PAGE = "  . = ALIGN(CONSTANT(MAXPAGESIZE));\n";

  private static final String TEXT =
      """

      SECTIONS
      {
        PROVIDE(__executable_start = SEGMENT_START("text-segment", BASE));
        . = SEGMENT_START("text-segment", BASE) + SIZEOF_HEADERS;
        .interp : { *(.interp) }
        .note.gnu.property : { *(.note.gnu.property) }
        .note.gnu.build-id : { *(.note.gnu.build-id) }
        .note.ABI-tag : { *(.note.ABI-tag) }
        .hash : { *(.hash) }
        .gnu.hash : { *(.gnu.hash) }
        .dynsym : { *(.dynsym) }
        .dynstr : { *(.dynstr) }
        .gnu.version : { *(.gnu.version) }
        .gnu.version_d : { *(.gnu.version_d) }
        .gnu.version_r : { *(.gnu.version_r) }
        .rela.dyn : { *(.rela.dyn) }
        .rela.plt :
        {
          *(.rela.plt)
          PROVIDE_HIDDEN(__rela_iplt_start = .);
          *(.rela.iplt)
          PROVIDE_HIDDEN(__rela_iplt_end = .);
        }
        . = ALIGN(CONSTANT(MAXPAGESIZE));
        .init : { KEEP(*(SORT_NONE(.init))) }
        .plt : { *(.plt) *(.iplt) }
        .text : { *(.text.unlikely .text.unlikely.*) *(.text.hot .text.hot.*) *(.text .text.*) }
        .fini : { KEEP(*(SORT_NONE(.fini))) }
        PROVIDE(__etext = .);
        PROVIDE(_etext = .);
        PROVIDE(etext = .);
        . = ALIGN(CONSTANT(MAXPAGESIZE));
        .rodata : { *(.rodata .rodata.* .gnu.linkonce.r.*) }
        .eh_frame_hdr : { *(.eh_frame_hdr) }
        .eh_frame : ONLY_IF_RO { KEEP(*(.eh_frame)) }
        .gcc_except_table : ONLY_IF_RO { *(.gcc_except_table .gcc_except_table.*) }
        . = DATA_SEGMENT_ALIGN(CONSTANT(MAXPAGESIZE), CONSTANT(COMMONPAGESIZE));
        .tdata : { PROVIDE_HIDDEN(__tdata_start = .); *(.tdata .tdata.*) }
        .tbss : { *(.tbss .tbss.*) *(.tcommon) }
        .preinit_array :
        {
          PROVIDE_HIDDEN(__preinit_array_start = .);
          KEEP(*(.preinit_array))
          PROVIDE_HIDDEN(__preinit_array_end = .);
        }
        .init_array :
        {
          PROVIDE_HIDDEN(__init_array_start = .);
          KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))
          KEEP(*(.init_array))
          PROVIDE_HIDDEN(__init_array_end = .);
        }
        .fini_array :
        {
          PROVIDE_HIDDEN(__fini_array_start = .);
          KEEP(*(SORT_BY_INIT_PRIORITY(.fini_array.*)))
          KEEP(*(.fini_array))
          PROVIDE_HIDDEN(__fini_array_end = .);
        }
        .data.rel.ro : { *(.data.rel.ro.local* .data.rel.ro .data.rel.ro.*) }
        .dynamic : { *(.dynamic) }
        .got : { *(.got) *(.igot) }
        . = DATA_SEGMENT_RELRO_END(0, .);
        .got.plt : { *(.got.plt) *(.igot.plt) }
        .data : { *(.data .data.*) }
        _edata = .;
        PROVIDE(edata = .);
        __bss_start = .;
        .bss : { *(.bss .bss.*) *(COMMON) }
        _end = .;
        PROVIDE(end = .);
        . = DATA_SEGMENT_END(.);
      }
      """;
}
