package dev.linkd.driver;

import dev.linkd.diag.LinkException;
import dev.linkd.object.FileKinds;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.Output.InputUse;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.Content;
import dev.linkd.store.FileAnswers;
import dev.linkd.store.ReadAhead;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a command line comes to: the output that is wanted and its inputs, derived from the words
 * and from what the file system answered. The same words come to the same as long as the answers
 * are the same; objects may have other contents, because nothing here depends on them.
 */
final class PreparedLink implements AutoCloseable {
  final Plan plan;
  final OutputSpec spec;
  final List<InputSpec> inputs;
  final WrittenPaths written;

  /** Files that were read, for a dependency file. */
  final List<String> files;

  private final FileAnswers answers;

  private final InputRows rows;

  /** Inputs that name files which only the output looks at. */
  private final int[] thin;

  /** Why the same words may come to something else now, if that was noticed, and the path. */
  private @Nullable StartOver outdated;

  private String outdatedBy = "";

  /** What was derived may have been at fault, so that it tells only what is another now. */
  boolean failed;

  /** {@link Output#revision} after the last link. */
  long revision = Output.NO_REVISION;

  PreparedLink(
      Plan plan, OutputSpec spec, InputList inputs, WrittenPaths written, FileAnswers answers) {
    this.plan = plan;
    this.spec = spec;
    this.inputs = List.copyOf(inputs.specs());
    this.files = plan.side.dependencies.isEmpty() ? List.of() : filesRead(plan, inputs);
    this.written = written;
    this.answers = answers;
    this.rows = inputs.rows();
    this.thin = inputs.thinArchives();
  }

  private static List<String> filesRead(Plan plan, InputList inputs) {
    List<String> files = new ArrayList<>(plan.filesRead());
    files.addAll(inputs.files());
    return List.copyOf(files);
  }

  /** The files that are those of some members, {@code ARCHIVE(MEMBER)}, in thin archives. */
  List<String> thinMembers(List<String> members) {
    List<String> found = new ArrayList<>();
    for (int input : thin) {
      String before = inputs.get(input).path() + "(";
      for (String member : members) {
        if (member.startsWith(before)) {
          String name = member.substring(before.length(), member.length() - 1);
          found.add(inputs.get(input).path().resolveSibling(name).toString());
        }
      }
    }
    return found;
  }

  /** No more is asked and nothing derived; what only the derivation needed can go. */
  void seal() {
    plan.words.clear();
    answers.seal();
  }

  /** Inputs that may be the output itself, by their names. */
  List<InputSpec> namedLikeOutput() {
    Path name = spec.path().getFileName();
    return inputs.stream()
        .filter(input -> Objects.equals(input.path().getFileName(), name))
        .toList();
  }

  /**
   * Asks the file system again. Many objects are read while the output takes what was read before.
   *
   * @return the inputs that the output has to look at, in order; empty when something else than the
   *     content of an object is another
   */
  Optional<ChangedInputs> changed() throws LinkException {
    BitSet others = answers.changed();
    TreeSet<Integer> changed = new TreeSet<>();
    BitSet later = later(others);
    later.stream().map(rows::input).forEach(changed::add);
    others.andNot(later);
    for (int row = others.nextSetBit(0); row >= 0; row = others.nextSetBit(row + 1)) {
      Content content = answers.reopen(row);
      if (content == null) {
        return outdated(StartOver.SEARCH_CHANGED, row);
      }
      try {
        int input = rows.input(row);
        if (!answers.had(row, content)) {
          if (input == InputRows.NONE || !stillObject(input, content)) {
            return outdated(StartOver.FILE_CHANGED, row);
          }
          answers.replace(row, content);
        }
        // The output may have read something else between the two looks, so it looks again too.
        if (input != InputRows.NONE) {
          changed.add(input);
        }
      } finally {
        content.release();
      }
    }
    for (int input : thin) {
      changed.add(input);
    }
    List<InputSpec> list = new ArrayList<>(changed.size());
    changed.forEach(input -> list.add(inputs.get(input)));
    return Optional.of(new ChangedInputs(list, later, answers.readAgain(later)));
  }

  /** Rows about objects, if they are many: nothing but the output depends on their contents. */
  private BitSet later(BitSet changed) {
    BitSet later = new BitSet();
    for (int row = changed.nextSetBit(0); row >= 0; row = changed.nextSetBit(row + 1)) {
      int input = rows.input(row);
      later.set(
          row,
          input != InputRows.NONE
              && rows.isObject(input)
              && inputs.get(input).use() != InputUse.DATA
              && answers.hasContent(row));
    }
    return ReadAhead.many(later.cardinality()) ? later : new BitSet();
  }

  /** Notes what was read while the output took it. */
  void take(ChangedInputs read) {
    BitSet later = read.later();
    for (int row = later.nextSetBit(0); row >= 0; row = later.nextSetBit(row + 1)) {
      var unused = answers.take(row, read.ahead());
    }
  }

  /** One of the objects turned out to be no object any more, or cannot be read. */
  void outdatedBy(ChangedInputs read) {
    ReadAhead ahead = read.ahead();
    BitSet later = read.later();
    for (int row = later.nextSetBit(0); row >= 0; row = later.nextSetBit(row + 1)) {
      if (!ahead.awaitObject(answers.path(row))) {
        boolean there = answers.take(row, ahead);
        var unused = outdated(there ? StartOver.FILE_CHANGED : StartOver.SEARCH_CHANGED, row);
        return;
      }
    }
  }

  private boolean stillObject(int input, Content content) {
    return rows.isObject(input)
        && (inputs.get(input).use() == InputUse.DATA
            || FileKinds.detect(content.bytes()) == FileKinds.Kind.OBJECT);
  }

  private Optional<ChangedInputs> outdated(StartOver reason, int row) {
    outdated = reason;
    outdatedBy = answers.path(row).toString();
    return Optional.empty();
  }

  /** Why the same words may come to something else now; null when nothing was noticed. */
  @Nullable StartOver outdated() {
    return outdated;
  }

  /** The path that is the reason for it. */
  String outdatedBy() {
    return outdatedBy;
  }

  @Override
  public void close() {
    answers.close();
  }
}
