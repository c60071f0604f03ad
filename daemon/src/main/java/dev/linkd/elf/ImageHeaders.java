package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.output.HeaderRules;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * ELF header, program headers and section headers: built when anything that they say is doubtful,
 * and written where they differ.
 */
final class ImageHeaders {

  private static final long PAGE = Layout.PAGE;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
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

  /** The entry symbol, NONE when there is none. */
  private int entry = Symbols.NONE;

  private int namedSections;
  private int programHeaders;
  private final HeaderRules rules;

  /** Null unless a linker script lays the image out. */
  private final @Nullable ScriptImage script;

  ImageHeaders(
      LinkState state,
      Layout layout,
      SymbolView view,
      ThreadLocals threadLocals,
      SymbolTable table,
      @Nullable ScriptImage script) {
    this.script = script;
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.threadLocals = threadLocals;
    this.symbolTable = table;
    this.file = state.file;
    this.differences = new DifferenceWriter(state);
    this.rules = state.spec.layout().headers();
    this.names = layout.table(".shstrtab", SHT_STRTAB, 0, null, 0);
    names.alignmentLog2 = 0;
    this.headerTable = layout.addHeaderTable();
  }

  void setEntry(int symbol) {
    entry = symbol;
  }

  void write() {
    if (state.shape() == writtenShape && entry() == writtenEntry) {
      return;
    }
    long table = build();
    differences.write(scratch, 0, Layout.HEADER_BYTES, 0);
    differences.write(scratch, PAGE, headerBytes(), table);
    writtenShape = state.shape();
    writtenEntry = entry();
  }

  /** Whether the headers in the image are not those that belong there. */
  boolean stale() {
    long table = build();
    MemorySegment image = file.image();
    long end = headerBytes();
    long first = Layout.HEADER_BYTES;
    return MemorySegment.mismatch(scratch, 0, first, image, 0, first) >= 0
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
    programHeaders = 0;
    programHeaders();
    long table = file.position(headerTable);
    int type = state.spec.kind().positionIndependent() ? ET_DYN : ET_EXEC;
    int abi = symbolTable.gnuExtensions() ? ELFOSABI_GNU : ELFOSABI_NONE;
    EhdrDescriptor.put(scratch, 0, abi, type, EM_X86_64, 0, entry());
    EhdrDescriptor.programHeaders(scratch, 0, EHDR_SIZE, programHeaders);
    if (rules.sections()) {
      EhdrDescriptor.sectionHeaders(scratch, 0, PAGE, table, count, names.index);
    }
    return table;
  }

  private long entry() {
    return entry == Symbols.NONE ? 0 : view.address(entry);
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
    long size = layout.size(section);
    boolean empty = size == 0 && section.atoms == 0 && section.boundaries.isEmpty();
    if (section.pseudo() || section.omitted || (empty && section.allocated())) {
      scratch.asSlice(at, SHDR_SIZE).fill((byte) 0);
      return;
    }
    OutputSection info = section.info;
    OutputSection link = section.link;
    ShdrDescriptor.put(
        scratch,
        at,
        section.nameOffset,
        section.type,
        section.flags,
        section.address,
        layout.fileOffset(section),
        size,
        link == null ? 0 : link.index,
        info == null ? section.infoValue : info.index,
        1L << section.alignmentLog2,
        section.entrySize);
  }

  private void programHeaders() {
    ScriptImage scripted = script;
    boolean loaded = scripted == null || scripted.headersLoaded();
    long base = layout.headers().address;
    if (scripted != null && scripted.declared()) {
      declared(scripted, base);
      return;
    }
    if (loaded) {
      programHeader(PT_PHDR, PF_R, EHDR_SIZE, 0, 0, 8);
    }
    section(PT_INTERP, PF_R, ".interp");
    loads();
    boolean readOnly = state.spec.dynamic().tags().readOnly();
    section(PT_DYNAMIC, readOnly ? PF_R : PF_R | PF_W, ".dynamic");
    notes();
    if (threadLocals.present()) {
      threadLocalBlock();
    }
    section(PT_GNU_EH_FRAME, PF_R, ".eh_frame_hdr");
    stack();
    relro();
    // The first entry describes the table itself, whose size is known only now.
    long size = (long) programHeaders * PHDR_SIZE;
    long address = base + EHDR_SIZE;
    if (loaded) {
      PhdrDescriptor.put(
          scratch, EHDR_SIZE, PT_PHDR, PF_R, EHDR_SIZE, address, physical(address), size, size, 8);
    }
  }

  private void loads() {
    ScriptImage scripted = script;
    if (scripted != null) {
      for (ScriptImage.Load load : scripted.loads()) {
        put(load);
      }
      return;
    }
    layout.segments().measure(layout, threadLocals.memorySize());
    for (Segment segment : layout.segments().inOrder()) {
      load(segment);
    }
  }

  /** The program headers that the script declares, and no others. */
  private void declared(ScriptImage scripted, long base) {
    for (ScriptImage.Load load : scripted.loads()) {
      if (load.type == PT_PHDR) {
        long size = (long) scripted.loads().size() * PHDR_SIZE;
        put(PT_PHDR, PF_R, EHDR_SIZE, base + EHDR_SIZE, size, size, 8);
        continue;
      }
      put(load);
    }
  }

  private void put(ScriptImage.Load load) {
    long at =
        put(
            load.type,
            load.flags,
            load.offset,
            load.address,
            load.fileSize,
            load.memorySize,
            load.alignment);
    PhdrDescriptor.paddr(scratch, at, load.loadAddress);
  }

  private void threadLocalBlock() {
    OutputSection data = layout.find(".tdata");
    boolean scripted = script != null;
    long offset =
        !scripted
            ? file.position(layout.segment(SegmentKind.TLS).node)
            : data == null ? 0 : layout.fileOffset(data);
    put(
        PT_TLS,
        PF_R,
        offset,
        threadLocals.start(),
        threadLocals.fileSize(),
        threadLocals.memorySize(),
        1L << threadLocals.alignmentLog2());
  }

  private void stack() {
    HeaderRules.Stack stack = rules.stack();
    if (stack.described()) {
      int flags = stack.executable() ? PF_R | PF_W | PF_X : PF_R | PF_W;
      put(PT_GNU_STACK, flags, 0, 0, 0, stack.bytes(), 16);
    }
  }

  private long physical(long address) {
    return rules.physicalBase() == HeaderRules.SAME
        ? address
        : address - layout.base() + rules.physicalBase();
  }

  private void programHeader(
      int type, int flags, long offset, long address, long size, long alignment) {
    put(type, flags, offset, address, size, size, alignment);
  }

  private long put(
      int type,
      int flags,
      long offset,
      long address,
      long fileSize,
      long memorySize,
      long alignment) {
    if (programHeaders == Layout.PROGRAM_HEADERS_MAX) {
      throw new IllegalStateException("more program headers than fit into the first page");
    }
    long at = EHDR_SIZE + (long) programHeaders++ * PHDR_SIZE;
    PhdrDescriptor.put(
        scratch,
        at,
        type,
        flags,
        offset,
        address,
        type == PT_GNU_STACK ? 0 : physical(address),
        fileSize,
        memorySize,
        alignment);
    return at;
  }

  private void section(int type, int flags, String name) {
    OutputSection section = layout.find(name);
    if (section != null && layout.size(section) > 0) {
      long alignment = 1L << section.alignmentLog2;
      long size = layout.size(section);
      programHeader(type, flags, layout.fileOffset(section), section.address, size, alignment);
    }
  }

  private void notes() {
    for (OutputSection section : layout.sections()) {
      if (section.type == SHT_NOTE && section.allocated() && layout.size(section) > 0) {
        section(PT_NOTE, PF_R, section.name);
        if (section.name.equals(".note.gnu.property")) {
          section(PT_GNU_PROPERTY, PF_R, section.name);
        }
      }
    }
  }

  private void load(Segment segment) {
    long used = segment.used;
    if (used == 0) {
      return;
    }
    boolean relro = segment.kind == SegmentKind.RELRO && !segment.anchored;
    long memory = relro ? alignUp(used) : used;
    long alignment = Math.max(PAGE, 1L << segment.alignmentLog2);
    if (segment.anchored) {
      alignment = 1L << state.spec.layout().pageLog2();
    }
    // Loaders want address and offset to be equal modulo the alignment, also without content.
    long offset =
        segment.content()
            ? file.position(segment.node)
            : Math.max(alignment, Layout.NO_CONTENT_OFFSET);
    boolean mapped = !segment.anchored && offset == Layout.NO_CONTENT_OFFSET;
    long fileSize = segment.content() ? used : mapped ? Segments.NO_CONTENT_BYTES : 0;
    put(PT_LOAD, segment.flags, offset, segment.address, fileSize, memory, alignment);
  }

  private static long alignUp(long value) {
    return (value + PAGE - 1) & -PAGE;
  }

  private void relro() {
    ScriptImage scripted = script;
    if (scripted != null) {
      scriptedRelro(scripted);
      return;
    }
    Segment segment = layout.segments().existing(SegmentKind.RELRO);
    boolean wanted = rules.relro() && !rules.writableCode() && state.spec.kind().dynamic();
    if (segment == null || !wanted || segment.used == 0) {
      return;
    }
    long size = segment.used;
    put(PT_GNU_RELRO, PF_R, file.position(segment.node), segment.address, size, alignUp(size), 1);
  }

  /** The range that DATA_SEGMENT_RELRO_END ends. */
  private void scriptedRelro(ScriptImage scripted) {
    boolean wanted = rules.relro() && state.spec.kind().dynamic();
    ScriptImage.Load load = wanted ? scripted.relro() : null;
    if (load != null) {
      long start = Math.max(load.address, scripted.relroStart());
      long size = scripted.relroEnd() - start;
      put(PT_GNU_RELRO, PF_R, load.offset + start - load.address, start, size, size, 1);
    }
  }
}
