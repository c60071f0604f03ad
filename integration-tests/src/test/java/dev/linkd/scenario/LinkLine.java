package dev.linkd.scenario;

import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The inputs of a link in the order in which a compiler driver gives them. */
final class LinkLine {
  private final Compiler compiler;
  private final OutputKind kind;
  private final List<InputSpec> inputs = new ArrayList<>();

  LinkLine(Compiler compiler, OutputKind kind) {
    this.compiler = compiler;
    this.kind = kind;
  }

  /** What comes before and after the program's own objects, with the C library. */
  List<InputSpec> withLibc(List<Path> own, List<String> libraries, boolean plusPlus)
      throws IOException, InterruptedException {
    boolean independent = kind.positionIndependent();
    boolean stat = kind == OutputKind.STATIC_EXECUTABLE || kind == OutputKind.STATIC_PIE;
    if (kind != OutputKind.SHARED_LIBRARY) {
      system(kind == OutputKind.STATIC_PIE ? "rcrt1.o" : independent ? "Scrt1.o" : "crt1.o");
    }
    system("crti.o");
    system(kind == OutputKind.STATIC_EXECUTABLE ? "crtbeginT.o" : begin(independent));
    own.forEach(this::add);
    for (String library : libraries) {
      system(stat ? library.replaceFirst("\\.so.*$", ".a") : library);
    }
    if (plusPlus) {
      system(stat ? "libstdc++.a" : "libstdc++.so");
      system(stat ? "libm.a" : "libm.so.6");
    }
    if (stat) {
      system("libgcc.a");
      system("libgcc_eh.a");
      system("libc.a");
    } else {
      system("libgcc.a");
      system("libgcc_s.so.1");
      system("libc.so.6");
      system("libc_nonshared.a");
    }
    system(independent ? "crtendS.o" : "crtend.o");
    system("crtn.o");
    return inputs;
  }

  private static String begin(boolean independent) {
    return independent ? "crtbeginS.o" : "crtbegin.o";
  }

  List<InputSpec> alone(List<Path> own) {
    own.forEach(this::add);
    return inputs;
  }

  private void system(String name) throws IOException, InterruptedException {
    Path path = compiler.file(name);
    boolean asNeeded = name.contains(".so") && !name.startsWith("libc.");
    inputs.add(new InputSpec(name, path, asNeeded, false));
  }

  private void add(Path path) {
    inputs.add(new InputSpec(path.getFileName().toString(), path, false, false));
  }
}
