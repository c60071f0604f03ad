package dev.linkd.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder with the real launchers, and with a Java and a Maven that only say what they were asked
 * to do. So the decisions of the launchers show, without a JVM and without a build.
 */
final class Sandbox {
  /** What the Java here does: one line for each argument. */
  private static final String JAVA = "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\"\n";

  /** What the Maven here does: packs one jar with the sources, and counts the builds. */
  private static final String MAVEN =
      """
      #!/bin/sh
      echo "chatter of the build"
      sleep 0.3
      echo build >>builds
      [ ! -e broken ] || { echo "[ERROR] does not compile"; exit 1; }
      lib=integration-tests/target/distribution/linkd/lib
      rm -rf "$lib"
      mkdir -p "$lib/daemon"
      cat client/src/main/*.java >"$lib/linkd-client.jar"
      cat daemon/src/main/*.java >"$lib/daemon/linkd-daemon.jar"
      """;

  private final Path folder;
  private final Path home;
  private final Map<String, String> environment = new TreeMap<>();

  Sandbox(Path folder) {
    this.folder = folder;
    this.home = folder.resolve("home of linkd");
    for (String script : List.of("bin/linkd", "bin/linkctl", "bin/ld.linkd")) {
      copy(script);
    }
    for (String script : List.of("launch.sh", "front-end.sh", "jdk.sh", "ld")) {
      copy("libexec/" + script);
    }
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("HOME", folder.resolve("user").toString());
    environment.put("LINKD_JAVA_FOLDERS", folder.resolve("jvm").toString());
    environment.put("JAVA_HOME", java("jdk", "25.0.3").toString());
  }

  /** An unpacked distribution. */
  static Sandbox distribution(Path folder) {
    Sandbox sandbox = new Sandbox(folder);
    sandbox.write("lib/b.jar", "");
    sandbox.write("lib/a.jar", "");
    sandbox.write("lib/daemon/d.jar", "");
    return sandbox;
  }

  /** A checkout that was never built. */
  static Sandbox checkout(Path folder) {
    Sandbox sandbox = new Sandbox(folder);
    sandbox.write("pom.xml", "<project/>");
    for (String module : List.of("proto", "daemon", "client")) {
      sandbox.write(module + "/pom.xml", "<project/>");
      sandbox.write(module + "/src/main/Main.java", "class Main {}");
    }
    sandbox.write("examples/calculator/main.c", "int main(void) { return 0; }");
    sandbox.writeScript(sandbox.home.resolve("mvnw"), MAVEN);
    return sandbox;
  }

  /** Makes a Java home of some version and returns it. */
  Path java(String name, String version) {
    Path java = folder.resolve(name);
    writeScript(java.resolve("bin/java"), JAVA);
    writeScript(java.resolve("bin/javac"), JAVA);
    write(java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return java;
  }

  Sandbox with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Sandbox without(String variable) {
    environment.remove(variable);
    return this;
  }

  /** Takes away {@code /usr/bin}, which may hold a Java, except for what the launchers use. */
  Sandbox onlyWithTools() {
    Path tools = folder.resolve("tools");
    for (String tool : List.of("readlink", "id", "mkdir")) {
      writeScript(tools.resolve(tool), "#!/bin/sh\nexec /usr/bin/" + tool + " \"$@\"\n");
    }
    return with("PATH", tools.toString());
  }

  Sandbox alsoInPath(Path bin) {
    return with("PATH", environment.get("PATH") + ":" + bin);
  }

  /** Runs a script of this sandbox. */
  Ran run(String script, String... arguments) {
    return run(home.resolve(script), arguments);
  }

  Ran run(Path program, String... arguments) {
    return Ran.run(
        environment, Stream.concat(Stream.of(program.toString()), Stream.of(arguments)).toList());
  }

  Path home() {
    return home;
  }

  void write(String path, String content) {
    write(home.resolve(path), content);
  }

  /** How many builds were started. */
  int builds() {
    Path log = home.resolve("builds");
    try {
      return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void copy(String path) {
    try {
      Path to = home.resolve(path);
      Files.createDirectories(to.getParent());
      Files.copy(Project.root().resolve(path), to, StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeScript(Path file, String content) {
    write(file, content);
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
