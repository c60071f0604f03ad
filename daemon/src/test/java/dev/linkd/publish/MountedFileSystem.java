package dev.linkd.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system mounted for one test, which therefore needs root. */
public final class MountedFileSystem implements AutoCloseable {
  public final Path root;

  private MountedFileSystem(Path root) {
    this.root = root;
  }

  public static MountedFileSystem tmpfs(Path root, String size) throws Exception {
    mount("-t", "tmpfs", "-o", "size=" + size, "linkd-test", root.toString());
    return new MountedFileSystem(root);
  }

  /** An overlay whose layers are in {@code layers}, a file system that can hold them. */
  static MountedFileSystem overlay(Path root, Path layers) throws Exception {
    Path lower = Files.createDirectory(layers.resolve("lower"));
    Path upper = Files.createDirectory(layers.resolve("upper"));
    Path work = Files.createDirectory(layers.resolve("work"));
    String options = "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work;
    mount("-t", "overlay", "-o", options, "linkd-test", root.toString());
    return new MountedFileSystem(root);
  }

  private static void mount(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = "mount";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      Processes.check(command);
    } catch (AssertionError e) {
      throw new AssertionError("this test mounts a file system and must run as root", e);
    }
  }

  void remountReadOnly() throws Exception {
    mount("-o", "remount,ro", root.toString());
  }

  void remountWritable() throws Exception {
    mount("-o", "remount,rw", root.toString());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Processes.check("umount", root.toString());
  }
}
