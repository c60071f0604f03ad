package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.elf.relocatable.RelocatableOutput;
import dev.linkd.output.FileMode;
import dev.linkd.output.Output;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.publish.PublishOptions;
import dev.linkd.publish.SpareLog;
import dev.linkd.store.InputStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes ELF outputs for x86-64. */
public final class ElfOutputs implements OutputFactory {

  /** Input contents that all outputs together may hold; each file is held once. */
  private static final long CONTENT_BYTES_MAX = 1L << 36;

  private final PublishOptions options;
  private final InputStore store;

  public ElfOutputs() {
    this(PublishOptions.defaults(FileMode.USUAL.bits()));
  }

  /**
   * @param options for all outputs; the mode of new files comes from the spec of each
   */
  public ElfOutputs(PublishOptions options) {
    this(options, new InputStore(CONTENT_BYTES_MAX));
  }

  private ElfOutputs(PublishOptions options, InputStore store) {
    this.options = options;
    this.store = store;
  }

  /**
   * Outputs that live as long as the process, whose inputs can be moved out of memory.
   *
   * @param spares learns of the spares beside them
   */
  public static ElfOutputs ofDaemon(SpareLog spares) {
    return new ElfOutputs(
        PublishOptions.defaults(FileMode.USUAL.bits()).withSpareLog(spares),
        InputStore.paged(CONTENT_BYTES_MAX));
  }

  /** The input contents that the outputs share. */
  public InputStore store() {
    return store;
  }

  @Override
  public Output open(OutputSpec spec) throws LinkException {
    Path parent = spec.path().getParent();
    if (Files.isDirectory(spec.path()) || parent == null || !Files.isDirectory(parent)) {
      throw new LinkException(
          Code.PUBLISH_FAILED,
          Place.input(spec.path().toString()),
          Files.isDirectory(spec.path())
              ? "the output path is a directory"
              : "the directory of the output does not exist");
    }
    PublishOptions own = options.withMode(spec.mode().bits(), spec.mode().chosen());
    return spec.kind() == OutputKind.RELOCATABLE
        ? new RelocatableOutput(spec, own, store)
        : new ElfOutput(spec, own, store);
  }
}
