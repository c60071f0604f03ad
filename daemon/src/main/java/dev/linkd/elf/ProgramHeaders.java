package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.MappedFile;
import dev.linkd.output.HeaderRules;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The program headers: what the loader maps, and what it and readers find there. */
final class ProgramHeaders {

  private static final long PAGE = Layout.PAGE;

  private final LinkState state;
  private final Layout layout;
  private final ThreadLocals threadLocals;
  private final MappedFile file;
  private final HeaderRules rules;
  private final StackNotes stackNotes;

  /** Null unless a linker script lays the image out. */
  private final @Nullable ScriptImage script;

  private final LoadedHeaders copies;

  private MemorySegment scratch = MemorySegment.NULL;
  private int programHeaders;

  ProgramHeaders(
      LinkState state,
      Layout layout,
      ThreadLocals threadLocals,
      StackNotes stackNotes,
      @Nullable ScriptImage script,
      LoadedHeaders copies) {
    this.copies = copies;
    this.state = state;
    this.layout = layout;
    this.threadLocals = threadLocals;
    this.file = state.file;
    this.rules = state.spec.layout().headers();
    this.stackNotes = stackNotes;
    this.script = script;
  }

  /**
   * Makes all program headers.
   *
   * @param page they go behind the ELF header in it
   * @return their number
   */
  int write(MemorySegment page) {
    scratch = page;
    programHeaders = 0;
    programHeaders();
    return programHeaders;
  }

  private void programHeaders() {
    ScriptImage scripted = script;
    boolean copied = copies.programsLoaded();
    boolean loaded = copied || scripted == null || scripted.headersLoaded();
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
    for (int i = 0; i < state.spec.layout().placement().spareHeaders(); i++) {
      put(PT_NULL, 0, 0, 0, 0, 0, 0);
    }
    // The first entry describes the table itself, whose size is known only now.
    long size = (long) programHeaders * PHDR_SIZE;
    long address = copied ? copies.programsAddress() : base + EHDR_SIZE;
    if (loaded) {
      long offset = copies.programsOffset();
      PhdrDescriptor.put(
          scratch, EHDR_SIZE, PT_PHDR, PF_R, offset, address, physical(address), size, size, 8);
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
    boolean whole = load.type != PT_GNU_RELRO;
    long memory = whole ? load.memorySize : readOnly(load.address, load.memorySize);
    long at =
        put(
            load.type,
            load.flags,
            load.offset,
            load.address,
            Math.min(load.fileSize, memory),
            memory,
            load.alignment);
    PhdrDescriptor.paddr(scratch, at, loadAddress(load));
  }

  /** The first segment of the image is at the physical base; without one the script decides. */
  private long loadAddress(ScriptImage.Load load) {
    ScriptImage scripted = script;
    if (scripted == null || rules.physicalBase() == HeaderRules.SAME) {
      return load.loadAddress;
    }
    return load.loadAddress - scripted.loads().getFirst().loadAddress + rules.physicalBase();
  }

  private void threadLocalBlock() {
    OutputSection data = layout.find(".tdata");
    boolean placed = script != null || (data != null && data.address == threadLocals.start());
    long offset =
        !placed
            ? file.position(layout.segment(SegmentKind.TLS).node)
            : data == null ? 0 : layout.fileOffset(data);
    if (threadLocals.fileSize() == 0) {
      offset = threadLocals.fileOffset(); // that of .tbss, from which readers count
    }
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
      boolean executable =
          stack.executable() || (stack.ifRequired() && stackNotes.executableRequired());
      int flags = executable ? PF_R | PF_W | PF_X : PF_R | PF_W;
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

  /** Notes of one alignment that lie back to back are one segment, as in GNU ld and lld. */
  private void notes() {
    List<OutputSection> notes = new ArrayList<>();
    for (OutputSection section : layout.sections()) {
      boolean own = section.type == SHT_NOTE && section.host == null;
      if (own && section.loaded() && layout.size(section) > 0) {
        notes.add(section);
      }
    }
    notes.sort(Comparator.comparingLong(section -> section.address));
    for (int i = 0; i < notes.size(); ) {
      OutputSection first = notes.get(i);
      OutputSection last = first;
      while (++i < notes.size() && follows(last, notes.get(i))) {
        last = notes.get(i);
      }
      long size = last.address + layout.size(last) - first.address;
      long alignment = 1L << first.alignmentLog2;
      programHeader(PT_NOTE, PF_R, layout.fileOffset(first), first.address, size, alignment);
    }
    section(PT_GNU_PROPERTY, PF_R, ".note.gnu.property");
  }

  private boolean follows(OutputSection note, OutputSection next) {
    long distance = layout.size(note);
    return next.address == note.address + distance
        && layout.fileOffset(next) == layout.fileOffset(note) + distance
        && next.alignmentLog2 == note.alignmentLog2
        && next.flags == note.flags;
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
    boolean wanted = rules.relro() && !rules.writableCode();
    if (segment == null || !wanted || segment.used == 0) {
      return;
    }
    long size = segment.used;
    put(PT_GNU_RELRO, PF_R, file.position(segment.node), segment.address, size, alignUp(size), 1);
  }

  /** The range that DATA_SEGMENT_RELRO_END ends. */
  private void scriptedRelro(ScriptImage scripted) {
    ScriptImage.Load load = rules.relro() ? scripted.relro() : null;
    if (load != null) {
      long start = Math.max(load.address, scripted.relroStart());
      long size = readOnly(start, scripted.relroEnd() - start);
      put(PT_GNU_RELRO, PF_R, load.offset + start - load.address, start, size, size, 1);
    }
  }

  /**
   * How much of a range becomes read-only: the words through which functions are called stay
   * writable when each is set at its first call. The reserved ones before them are set at start-up.
   */
  private long readOnly(long start, long size) {
    OutputSection words = layout.find(".got.plt");
    if (words == null || state.spec.dynamic().bindNow()) {
      return size;
    }
    long distance = words.address + Plt.RESERVED_BYTES - start;
    boolean calls = layout.size(words) > Plt.RESERVED_BYTES;
    return calls && distance >= 0 && distance < size ? distance : size;
  }
}
