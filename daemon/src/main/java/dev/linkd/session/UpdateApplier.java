package dev.linkd.session;

import com.google.protobuf.ByteString;
import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.Output;
import dev.linkd.output.Output.ImportedSymbol;
import dev.linkd.output.Output.InputChange;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.v1.InputPut;
import dev.linkd.v1.InputRemove;
import dev.linkd.v1.LibraryImport;
import dev.linkd.v1.SymbolDefine;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Applies the updates of one stream to its output; used by the output's thread only. */
final class UpdateApplier {
  private static final int NO_TARGET = -1;

  private final Limits limits;
  private final CallNames numbered;
  private final Names names;
  private final AtomReader atoms;
  private final InputKeys inputs = new InputKeys();
  private final String streamName;
  private int stream;

  UpdateApplier(Limits limits, Output output, String streamName) {
    this.limits = limits;
    this.numbered = new CallNames(limits);
    this.names = new Names(limits, numbered);
    this.atoms = new AtomReader(limits, names);
    this.streamName = streamName;
    this.stream = output.stream(streamName);
  }

  /**
   * Another request begins.
   *
   * @throws RequestException when it has names that are not allowed
   */
  void begin(UpdateRequest request) throws RequestException {
    atoms.begin();
    numbered.add(request.getNamesList());
  }

  /**
   * Applies an update that is neither a flush nor an input.
   *
   * @param index of the update in the request
   * @throws LinkException when it has no effect
   */
  void apply(Output output, UpdateRequest request, int index) throws LinkException {
    Update update = request.getUpdates(index);
    switch (update.getChangeCase()) {
      case PUT_ATOM -> output.putAtom(stream, atoms.read(output, streamName, request, index));
      case REMOVE_ATOM ->
          output.removeAtom(stream, name(output, update.getRemoveAtom().getKey(), "the key"));
      case DEFINE_SYMBOL -> define(output, update.getDefineSymbol());
      case REMOVE_SYMBOL ->
          output.removeSymbol(stream, name(output, update.getRemoveSymbol().getName(), "the name"));
      case IMPORT_LIBRARY -> importLibrary(output, update.getImportLibrary());
      case REMOVE_LIBRARY ->
          output.removeLibrary(path(update.getRemoveLibrary().getSoname(), "the soname"));
      case REMOVE_INPUT -> removeInput(output, update.getRemoveInput());
      case CLEAR_STREAM -> {
        output.removeStream(stream);
        stream = output.stream(streamName);
      }
      case CHANGE_NOT_SET -> throw refusal(Code.INVALID_REQUEST, "the update is empty");
      case PUT_INPUT, FLUSH ->
          throw new IllegalArgumentException("not applied here: " + update.getChangeCase());
    }
  }

  /** Adds or compares an input file. */
  InputChange putInput(Output output, InputPut put) throws LinkException {
    String text = path(put.getPath(), "the path");
    Path path;
    try {
      path = Path.of(text);
    } catch (InvalidPathException fault) {
      throw refusal(Code.INVALID_REQUEST, String.valueOf(fault.getMessage()));
    }
    if (!path.isAbsolute()) {
      throw refusal(Code.INVALID_REQUEST, "the path of an input must be absolute, not " + text);
    }
    if (put.getKey().isEmpty()) {
      return output.putInput(inputs.asBefore(output, put, path));
    }
    String key = path(put.getKey(), "the key");
    return output.putInput(new InputSpec(key, path, put.getAsNeeded(), put.getWholeArchive()));
  }

  private void removeInput(Output output, InputRemove remove) throws LinkException {
    String key = path(remove.getKey(), "the key");
    if (!inputs.remove(output, key) && remove.getRequired()) {
      throw new LinkException(
          Code.INVALID_REQUEST,
          Place.input(key),
          "not an input of " + output.path(),
          inputs.similar(output, key));
    }
  }

  private void define(Output output, SymbolDefine define) throws LinkException {
    int name = name(output, define.getName(), "the name of the symbol");
    ByteString aliased = define.getAliasOf();
    int target =
        aliased.isEmpty() ? NO_TARGET : name(output, aliased, "the name of the aliased symbol");
    AtomReader.require(define.getSize() >= 0, "the size of the symbol is out of range");
    int info = AtomReader.info(define.getInfo(), define.getOther());
    output.defineSymbol(stream, name, target, define.getValue(), define.getSize(), info);
  }

  private void importLibrary(Output output, LibraryImport library) throws LinkException {
    String soname = path(library.getSoname(), "the soname");
    AtomReader.limit(library.getSymbolsCount(), limits.imports(), "symbols in a library");
    List<ImportedSymbol> symbols = new ArrayList<>(library.getSymbolsCount());
    for (dev.linkd.v1.ImportedSymbol symbol : library.getSymbolsList()) {
      String name = symbol.getName();
      AtomReader.require(
          !name.isEmpty() && name.indexOf('\0') < 0 && name.length() <= limits.nameBytes(),
          "the name of an imported symbol is empty, too long, or contains NUL");
      AtomReader.require(symbol.getSize() >= 0, "the size of an imported symbol is out of range");
      symbols.add(new ImportedSymbol(name, AtomReader.info(symbol.getInfo(), 0), symbol.getSize()));
    }
    output.importLibrary(soname, symbols);
  }

  private int name(Output output, ByteString name, String what) throws LinkException {
    return names.intern(output, name, what);
  }

  /** Checks a key, a path or a soname. */
  private String path(String text, String what) throws LinkException {
    if (text.isEmpty() || text.length() > limits.pathBytes() || text.indexOf('\0') >= 0) {
      throw refusal(
          Code.INVALID_REQUEST,
          what + " is empty, longer than " + limits.pathBytes() + " bytes, or contains NUL");
    }
    return text;
  }

  private LinkException refusal(Code code, String message) {
    return new LinkException(code, Place.input(streamName), message);
  }
}
