package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.finish.Finisher;
import dev.linkd.mapped.DirtyRanges;
import dev.linkd.output.FinishRules;
import dev.linkd.output.OutputSpec;
import dev.linkd.publish.AtomChanges;
import dev.linkd.publish.ByteRanges;
import dev.linkd.publish.ChangeRing;
import dev.linkd.publish.PublishException;
import dev.linkd.publish.PublishOptions;
import dev.linkd.publish.PublishResult;
import dev.linkd.publish.Publisher;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Hands an image and what has changed in it to the publisher; when the file differs from the image,
 * the whole file.
 */
final class ImagePublisher implements AutoCloseable {
  private final OutputSpec spec;
  private final FinishRules rules;
  private final Publisher publisher;

  /** Of the debug file; null without one. */
  private final @Nullable Publisher debug;

  private final ByteRanges ranges = new ByteRanges();
  private final ByteRanges whole = new ByteRanges();
  private final AddressRanges addresses = new AddressRanges();

  ImagePublisher(OutputSpec spec, PublishOptions options) {
    this.spec = spec;
    this.rules = spec.content().finish();
    this.publisher = new Publisher(spec.path(), options);
    this.debug = rules.debugFile().map(path -> new Publisher(path, options)).orElse(null);
  }

  long generation() {
    return publisher.generation();
  }

  ChangeRing changes() {
    return publisher.changes();
  }

  /** Whether the files that others see are those that were published last. */
  boolean intact() {
    Publisher second = debug;
    return publisher.intact() && (second == null || second.intact());
  }

  boolean touch() {
    return publisher.touch();
  }

  /** Whether the file that others see is the image, byte for byte. */
  boolean rereadable() {
    return !rules.any() && publisher.intact();
  }

  /** Reads the image back; false when it is not in the file. */
  boolean read(MemorySegment into, long size) {
    return !rules.any() && publisher.read(into, size);
  }

  /**
   * Publishes, and begins a new account of changes. When that fails the account goes on.
   *
   * @param atoms what the state's log says of atoms
   * @throws LinkException when the image cannot be the file that is wanted
   */
  PublishResult publish(ElfParts parts, AtomChanges atoms) throws PublishException, LinkException {
    LinkState state = parts.state;
    Layout layout = parts.layout;
    ByteRanges dirty = of(state.file.dirty());
    ByteRanges loaded = addresses.of(dirty, layout, state.file);
    MemorySegment image = state.file.image();
    PublishResult published =
        rules.any()
            ? finished(parts, image.asSlice(0, layout.fileSize()), loaded, atoms)
            : publisher.publish(image, layout.fileSize(), dirty, loaded, atoms);
    state.file.dirty().clear();
    state.changes.clear();
    return published;
  }

  private PublishResult finished(
      ElfParts parts, MemorySegment image, ByteRanges loaded, AtomChanges atoms)
      throws PublishException, LinkException {
    Finisher finisher = new Finisher(rules, spec.path(), parts.state.problems::add);
    try (Arena arena = Arena.ofShared()) {
      Finisher.Files files = finisher.finish(prepared(parts, image, arena), arena);
      Publisher second = debug;
      if (second != null && files.debug().isPresent()) {
        MemorySegment content = files.debug().get();
        second.publish(content, content.byteSize(), all(content));
      }
      MemorySegment program = files.program();
      return publisher.publish(program, program.byteSize(), all(program), loaded, atoms);
    }
  }

  private MemorySegment prepared(ElfParts parts, MemorySegment image, Arena arena) {
    return rules.padsRemoved() ? new LandingPads(parts).removed(image, arena) : image;
  }

  private ByteRanges all(MemorySegment content) {
    whole.clear();
    whole.add(0, content.byteSize());
    return whole;
  }

  private ByteRanges of(DirtyRanges dirty) {
    ranges.clear();
    int count = dirty.count();
    for (int i = 0; i < count; i++) {
      ranges.add(dirty.from(i), dirty.to(i));
    }
    return ranges;
  }

  @Override
  public void close() {
    Publisher second = debug;
    if (second != null) {
      second.close();
    }
    publisher.close();
  }
}
