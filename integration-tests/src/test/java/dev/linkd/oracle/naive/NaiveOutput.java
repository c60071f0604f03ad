package dev.linkd.oracle.naive;

import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.model.Space;
import dev.linkd.oracle.model.SymbolDefinition;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An output that links everything again at each flush. It proves that the checks accept a right
 * linker, and it is what mistakes are injected into.
 */
public final class NaiveOutput extends PartialOutput {
  private final Model model = new Model();
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> nameIds = new HashMap<>();
  private final Map<Integer, String> streams = new LinkedHashMap<>();
  private long generation;

  public NaiveOutput(OutputSpec spec) {
    super(spec);
  }

  @Override
  public long generation() {
    return generation;
  }

  @Override
  public int name(String name) {
    return nameIds.computeIfAbsent(
        name,
        n -> {
          names.add(n);
          return names.size() - 1;
        });
  }

  @Override
  public int stream(String name) {
    int id = name(name);
    streams.put(id, name);
    model.stream(name);
    return id;
  }

  @Override
  public void removeStream(int stream) {
    model.streams().remove(streams.remove(stream));
  }

  @Override
  public void putAtom(int stream, AtomUpdate update) {
    List<Definition> definitions = new ArrayList<>();
    for (int i = 0; i < update.definitions; i++) {
      definitions.add(
          new Definition(
              names.get(update.definitionNames[i]),
              update.definitionOffsets[i],
              update.definitionSizes[i],
              update.definitionInfo[i]));
    }
    List<Relocation> relocations = new ArrayList<>();
    for (int i = 0; i < update.relocations; i++) {
      relocations.add(
          new Relocation(
              update.relocationOffsets[i],
              update.relocationKinds[i],
              Space.values()[update.relocationSpaces[i]],
              names.get(update.relocationTargets[i]),
              update.relocationAddends[i]));
    }
    model.stream(name(stream))
        .put(
            new Atom(
                names.get(update.key),
                names.get(update.section),
                update.sectionType,
                update.sectionFlags,
                update.alignment,
                update.size,
                update.bytes.toArray(ValueLayout.JAVA_BYTE),
                definitions,
                relocations));
  }

  @Override
  public boolean removeAtom(int stream, int key) {
    return model.stream(name(stream)).atoms().remove(names.get(key)) != null;
  }

  @Override
  public void defineSymbol(int stream, int name, int target, long value, long size, int info) {
    String alias = target < 0 ? null : names.get(target);
    model.stream(name(stream)).put(new SymbolDefinition(names.get(name), alias, value, size, info));
  }

  @Override
  public boolean removeSymbol(int stream, int name) {
    return model.stream(name(stream)).symbols().remove(names.get(name)) != null;
  }

  @Override
  public FlushResult flush() {
    NaiveLink link = new NaiveLink(model);
    List<Diagnostic> errors = new ArrayList<>();
    for (Fault fault : link.faults()) {
      errors.add(Diagnostic.error(fault.code(), Place.symbol("", fault.symbol()), fault.symbol()));
    }
    if (errors.isEmpty()) {
      publish(NaiveElf.write(link));
      generation++;
    }
    return new FlushResult(errors.isEmpty(), generation, errors, NO_STATISTICS);
  }

  private String name(int stream) {
    return streams.getOrDefault(stream, "");
  }

  private void publish(byte[] file) {
    try {
      Path next = path().resolveSibling(path().getFileName() + ".next");
      Files.write(next, file);
      Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(next, path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
