package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.output.HeaderRules;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * ELF header and section headers, and with them the program headers: built when anything that they
 * say is doubtful, and written where they differ.
 */
final class ImageHeaders {

  private static final long PAGE = Layout.PAGE;

  private final LinkState state;
  private final Layout layout;
  private final EntryPoint entry;
  private final ThreadLocals threadLocals;
  private final SymbolTable symbolTable;
  private final MappedFile file;
  private final OutputSection names;
  private final ByteBuilder bytes = new ByteBuilder();
  private final DifferenceWriter differences;
  private final int headerTable;

  /** The first page of the file, and behind it the section headers. */
  private MemorySegment scratch = Arena.ofAuto().allocate(PAGE + 64L * SHDR_SIZE);

  /** {@link LinkState#shape} and the entry when the headers were written last. */
  private long writtenShape = -1;

  private long writtenEntry;

  private int namedSections;
  private final HeaderRules rules;
  private final ProgramHeaders programs;
  private final LoadedHeaders loaded;

  ImageHeaders(
      LinkState state,
      Layout layout,
      EntryPoint entry,
      ThreadLocals threadLocals,
      SymbolTable table,
      StackNotes stackNotes,
      @Nullable ScriptImage script) {
    this.state = state;
    this.layout = layout;
    this.entry = entry;
    this.loaded = new LoadedHeaders(state, layout);
    this.programs = new ProgramHeaders(state, layout, threadLocals, stackNotes, script, loaded);
    this.threadLocals = threadLocals;
    this.symbolTable = table;
    this.file = state.file;
    this.differences = new DifferenceWriter(state);
    this.rules = state.spec.layout().headers();
    this.names = layout.table(".shstrtab", SHT_STRTAB, 0, null, 0);
    names.alignmentLog2 = 0;
    this.headerTable = layout.addHeaderTable();
  }

  void write() {
    if (state.shape() == writtenShape && entry.address() == writtenEntry) {
      return;
    }
    long table = build();
    differences.write(scratch, 0, Layout.HEADER_BYTES, 0);
    differences.write(scratch, PAGE, headerBytes(), table);
    loaded.write(scratch);
    writtenShape = state.shape();
    writtenEntry = entry.address();
  }

  /** Whether the headers in the image are not those that belong there. */
  boolean stale() {
    long table = build();
    MemorySegment image = file.image();
    long end = headerBytes();
    long first = Layout.HEADER_BYTES;
    return loaded.stale(scratch)
        || MemorySegment.mismatch(scratch, 0, first, image, 0, first) >= 0
        || MemorySegment.mismatch(scratch, PAGE, PAGE + end, image, table, table + end) >= 0;
  }

  private long headerBytes() {
    return (layout.sections().size() + 1L) * SHDR_SIZE;
  }

  /** Makes all headers; returns where the section headers belong. */
  private long build() {
    nameSections();
    int count = layout.sections().size() + 1;
    makeRoom(count);
    scratch.asSlice(0, PAGE + SHDR_SIZE).fill((byte) 0);
    for (OutputSection section : layout.sections()) {
      sectionHeader(section);
    }
    int programHeaders = programs.write(scratch);
    long table = file.position(headerTable);
    int type = state.spec.kind().positionIndependent() ? ET_DYN : ET_EXEC;
    int abi = symbolTable.gnuExtensions() ? ELFOSABI_GNU : ELFOSABI_NONE;
    EhdrDescriptor.put(scratch, 0, abi, type, EM_X86_64, 0, entry.address());
    EhdrDescriptor.programHeaders(scratch, 0, loaded.programsOffset(), programHeaders);
    if (rules.sections()) {
      EhdrDescriptor.sectionHeaders(scratch, 0, PAGE, table, count, names.index);
    }
    return table;
  }

  private void makeRoom(int count) {
    long size = (long) count * SHDR_SIZE;
    if (size > file.size(headerTable)) {
      try {
        file.resize(headerTable, size + 16 * SHDR_SIZE);
      } catch (WindowFullException e) {
        throw new TableTooLargeException("section headers", e);
      }
    }
    if (PAGE + size > scratch.byteSize()) {
      scratch = Arena.ofAuto().allocate(PAGE + size * 2);
    }
  }

  private void nameSections() {
    if (namedSections == layout.sections().size()) {
      return;
    }
    namedSections = layout.sections().size();
    bytes.clear();
    bytes.putString("");
    for (OutputSection section : layout.sections()) {
      section.nameOffset = bytes.putString(section.omitted ? "" : section.name);
    }
    bytes.writeTo(state, layout, names);
  }

  private void sectionHeader(OutputSection section) {
    long at = PAGE + (section.number + 1L) * SHDR_SIZE;
    long size = threadLocals.headerSize(section);
    long address = threadLocals.headerAddress(section);
    boolean empty = size == 0 && section.atoms == 0 && section.boundaries.isEmpty();
    if (section.pseudo() || section.omitted || (empty && section.allocated())) {
      // Not SHT_NULL: elfutils and tools that use its library (dwz) would take the file from its
      // start to the next section for a gap, and fill it.
      long place = file.position(headerTable);
      ShdrDescriptor.put(scratch, at, 0, SHT_PROGBITS, 0, 0, place, 0, 0, 0, 1, 0);
      return;
    }
    OutputSection info = section.info;
    OutputSection linked = section.linked;
    OutputSection link = linked == null ? section.link : linked;
    ShdrDescriptor.put(
        scratch,
        at,
        section.nameOffset,
        section.type,
        linked == null ? section.flags : section.flags | SHF_LINK_ORDER,
        address,
        layout.fileOffset(section) - (section.address - address),
        size,
        link == null || link.omitted ? 0 : link.index,
        info == null || info.omitted ? section.infoValue : info.index,
        1L << section.alignmentLog2,
        section.entrySize);
  }
}
