package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.output.LayoutRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The segments of an image: made on first use, and re-based when one outgrew its window. */
final class Segments {
  /**
   * Bytes of the file that a segment without content begins with. Valgrind accepts the symbols of
   * an image only when each of its segments is mapped from the file.
   */
  static final int NO_CONTENT_BYTES = 64;

  private final LinkState state;
  private final MappedFile file;
  private final LayoutRules rules;
  private final Windows windows;
  private final EnumMap<SegmentKind, Segment> byKind = new EnumMap<>(SegmentKind.class);

  /** By number. */
  private final List<Segment> all = new ArrayList<>();

  private final List<Segment> inOrder = new ArrayList<>();
  private boolean reported;

  /** Sections with addresses of their own overlapped when that was looked at last. */
  private boolean overlapping;

  /** A linker script lays the image out: all contents are in one node at the start of the file. */
  private final boolean scripted;

  private int imageNode = -1;
  private final int bssRoot;
  private final int largeBssRoot;

  Segments(LinkState state, long base, boolean scripted) {
    this.scripted = scripted;
    this.state = state;
    this.file = state.file;
    this.rules = state.spec.layout();
    this.windows = new Windows(base, rules.pageLog2(), rules.windowsLog2());
    this.bssRoot = file.addRoot(false);
    this.largeBssRoot = file.addRoot(false);
  }

  @Nullable Segment existing(SegmentKind kind) {
    return byKind.get(kind);
  }

  Segment byNumber(int number) {
    return all.get(number);
  }

  /** In the order of their addresses. */
  List<Segment> inOrder() {
    inOrder.sort(Comparator.comparingLong(segment -> segment.address));
    return inOrder;
  }

  Segment of(SegmentKind kind) {
    Segment segment = byKind.get(kind);
    if (segment == null) {
      int number = all.size();
      segment =
          new Segment(number, kind, flags(kind), kind.content() ? addNode(number) : zeroes(kind));
      all.add(segment);
      inOrder.add(segment);
      byKind.put(kind, segment);
      locate(segment);
      state.headersDoubtful();
    }
    return segment;
  }

  private int flags(SegmentKind kind) {
    boolean code = (kind.flags & PF_X) != 0;
    if (code && rules.headers().writableCode()) {
      return kind.flags | PF_W;
    }
    boolean closed = code && rules.headers().unreadableCode() && (kind.flags & PF_W) == 0;
    return closed ? kind.flags & ~PF_R : kind.flags;
  }

  /** The segment for a section: one of its own when the section has an address of its own. */
  Segment forSection(SegmentKind kind, String section) {
    Long address = rules.addresses().get(section);
    if (address == null || scripted) {
      return of(kind);
    }
    int number = all.size();
    int node = kind.content() ? addNode(number) : file.addRoot(false);
    Segment segment = new Segment(number, kind, flags(kind), node, true, address);
    // The section begins inside of a page where its address does.
    long inside = address & ((1L << rules.pageLog2()) - 1);
    if (inside > 0) {
      pin(node, inside, 0);
    }
    all.add(segment);
    inOrder.add(segment);
    segment.address = address - inside;
    state.headersDoubtful();
    return segment;
  }

  private int zeroes(SegmentKind kind) {
    int root = kind == SegmentKind.BSS ? bssRoot : largeBssRoot;
    if (!scripted) {
      pin(root, NO_CONTENT_BYTES, 0);
    }
    return root;
  }

  private int pin(int parent, long bytes, int alignmentLog2) {
    try {
      int node = file.add(parent, Policy.FIXED, bytes, alignmentLog2, Owners.HEADERS);
      file.pin(node);
      return node;
    } catch (WindowFullException e) {
      throw new TableTooLargeException("headers", e);
    }
  }

  /** The node of everything that is loaded, when a linker script lays the image out. */
  int imageNode() {
    return imageNode;
  }

  private int addNode(int number) {
    if (!scripted) {
      return newNode(number, Policy.FLOATING);
    }
    if (imageNode < 0) {
      imageNode = newNode(number, Policy.ORDERED);
      file.pin(imageNode);
    }
    return imageNode;
  }

  private int newNode(int number, Policy policy) {
    int owner = Owners.segment(number);
    try {
      return file.add(MappedFile.FILE, policy, Layout.PAGE, rules.pageLog2(), owner);
    } catch (WindowFullException e) {
      throw new TableTooLargeException("of segment", e);
    }
  }

  /** Takes the bytes at {@link Layout#NO_CONTENT_OFFSET}, so that nothing else is there. */
  void reserveNoContent() {
    int node = pin(MappedFile.FILE, NO_CONTENT_BYTES, Layout.PAGE_LOG2);
    if (file.position(node) != Layout.NO_CONTENT_OFFSET) {
      throw new IllegalStateException("the place behind the headers is taken");
    }
  }

  /** Faults of the last settle may be gone. */
  void begin() {
    reported = false;
  }

  private void locate(Segment segment) {
    segment.address = windows.start(segment.kind);
    segment.window = windows.size(segment.kind);
  }

  /**
   * Measures all segments.
   *
   * @param threadLocalBytes size of the PT_TLS block, which has addresses behind .tdata
   */
  void measure(Layout layout, long threadLocalBytes) {
    for (Segment segment : all) {
      boolean headers = segment.kind == SegmentKind.HEADERS;
      segment.used = headers ? Layout.PAGE : 0;
      segment.alignmentLog2 = segment.content() ? file.alignment(segment.node) : rules.pageLog2();
    }
    for (OutputSection section : layout.sections()) {
      Segment segment = section.segment;
      long size = segment == null ? 0 : layout.size(section);
      if (segment != null && size > 0) {
        segment.alignmentLog2 = Math.max(segment.alignmentLog2, section.alignmentLog2);
        if (!section.threadLocalZero()) {
          segment.used = Math.max(segment.used, file.offset(section.node) + size);
        }
      }
    }
    windows.clearNeeds();
    for (Segment segment : all) {
      if (segment.anchored) {
        windows.take(segment.address, segment.address + segment.used);
        continue;
      }
      boolean threadLocal = segment.kind == SegmentKind.TLS;
      long needed = threadLocal ? Math.max(segment.used, threadLocalBytes) : segment.used;
      windows.need(segment.kind, needed, segment.alignmentLog2);
    }
  }

  /**
   * Gives segments that outgrew their windows larger ones, after {@link #measure}.
   *
   * @return whether an address changed
   */
  boolean fit(Layout layout) {
    overlapping = overlap(layout);
    if (overlapping) {
      return false;
    }
    if (windows.fit()) {
      return false;
    }
    if (!windows.plan()) {
      report(layout);
      return false;
    }
    boolean changed = false;
    for (Segment segment : byKind.values()) {
      long old = segment.address;
      locate(segment);
      changed |= segment.address != old;
    }
    return changed;
  }

  /** Whether all segments fit into their windows, as measured last. */
  boolean fits() {
    return !overlapping && windows.fit();
  }

  /** Reports sections whose given addresses are too close to each other. */
  private boolean overlap(Layout layout) {
    for (Segment one : all) {
      for (Segment other : all) {
        if (overlap(one, other)) {
          reportOverlap(layout, one, other);
          return true;
        }
      }
    }
    return false;
  }

  private static boolean overlap(Segment one, Segment other) {
    return one.anchored
        && other.anchored
        && one.number != other.number
        && other.address >= one.address
        && other.address < one.address + one.used
        && other.used > 0;
  }

  private void reportOverlap(Layout layout, Segment one, Segment other) {
    if (reported) {
      return;
    }
    reported = true;
    state.problems.add(
        Diagnostic.error(
            Code.ADDRESS_SPACE_EXHAUSTED,
            Place.NONE,
            "section " + range(layout, other) + " overlaps section " + range(layout, one)));
  }

  private static String range(Layout layout, Segment segment) {
    for (OutputSection section : layout.sections()) {
      if (section.segment == segment && layout.size(section) > 0) {
        return "%s [%016x,%016x]"
            .formatted(section.name, section.address, section.address + layout.size(section) - 1);
      }
    }
    return segment.name();
  }

  /** Says once in every settle what does not fit. */
  private void report(Layout layout) {
    if (reported) {
      return;
    }
    reported = true;
    state.room.outOfReach = true;
    OutputSection largest = layout.headers();
    for (OutputSection section : layout.sections()) {
      if (section.segment != null && layout.size(section) > layout.size(largest)) {
        largest = section;
      }
    }
    state.problems.add(
        Diagnostic.error(
            Code.ADDRESS_SPACE_EXHAUSTED,
            Place.section(state.spec.path().toString(), largest.name, Place.NO_OFFSET),
            "the image is larger than 2 GiB, most of it section "
                + largest.name
                + " of "
                + layout.size(largest)
                + " bytes",
            "32-bit relocations reach 2 GiB; make the data smaller, compile it with"
                + " -mcmodel=medium, or allocate it at run time"));
  }
}
