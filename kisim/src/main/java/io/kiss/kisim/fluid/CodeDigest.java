package io.kiss.kisim.fluid;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A fingerprint of code: SHA-256 over the class files of some classes and of all that they name,
 * and those name, outside the JDK and the logging. Equal fingerprints compute equal figures.
 */
final class CodeDigest {
  private static final int CLASS_FILE = 0xCAFEBABE;

  private CodeDigest() {}

  /**
   * The fingerprint of these classes.
   *
   * @throws IOException if a class file cannot be read
   */
  static byte[] of(Class<?>... roots) throws IOException {
    Map<String, byte[]> files = closure(roots);
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        sha.update(file.getKey().getBytes(StandardCharsets.UTF_8));
        sha.update(file.getValue());
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Class files by their internal names, in one order. */
  static Map<String, byte[]> closure(Class<?>... roots) throws IOException {
    ClassLoader loader = CodeDigest.class.getClassLoader();
    Map<String, byte[]> files = new TreeMap<>();
    Deque<String> open = new ArrayDeque<>();
    Arrays.stream(roots).map(root -> root.getName().replace('.', '/')).forEach(open::add);
    Set<String> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      String name = open.remove();
      try (InputStream in = loader.getResourceAsStream(name + ".class")) {
        // What an optional dependency would bring is named, and not there.
        if (in == null) {
          continue;
        }
        byte[] bytes = in.readAllBytes();
        files.put(name, bytes);
        for (String other : classesNamedIn(bytes)) {
          if (decides(other) && seen.add(other)) {
            open.add(other);
          }
        }
      }
    }
    return files;
  }

  /** The JDK's classes are its own business, and what is logged changes no figure. */
  private static boolean decides(String name) {
    return !name.startsWith("java/") && !name.startsWith("org/slf4j/");
  }

  /** Internal names of the classes in a class file's constant pool (JVM specification, 4.4). */
  private static List<String> classesNamedIn(byte[] file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(file);
    if (in.getInt() != CLASS_FILE) {
      throw new IOException("no class file: it begins otherwise");
    }
    in.getInt();
    int[] at = new int[Short.toUnsignedInt(in.getShort())];
    List<Integer> named = new ArrayList<>();
    for (int i = 1; i < at.length; i++) {
      int tag = in.get();
      at[i] = in.position();
      int length =
          switch (tag) {
            case 1 -> 2 + Short.toUnsignedInt(in.getShort(at[i]));
            case 7, 8, 16, 19, 20 -> 2;
            case 15 -> 3;
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
            case 5, 6 -> 8;
            default -> throw new IOException("a class file has a constant of kind " + tag);
          };
      if (tag == 7) {
        named.add(Short.toUnsignedInt(in.getShort(at[i])));
      }
      if (tag == 5 || tag == 6) {
        i++; // A long or a double takes two places.
      }
      in.position(in.position() + length);
    }
    List<String> names = new ArrayList<>();
    for (int i : named) {
      int length = Short.toUnsignedInt(in.getShort(at[i]));
      String name = new String(file, at[i] + 2, length, StandardCharsets.UTF_8);
      // An array of objects is named [Lits/element; and one of numbers names no class.
      boolean array = name.startsWith("[");
      if (!array) {
        names.add(name);
      } else if (name.endsWith(";")) {
        names.add(name.substring(name.lastIndexOf('[') + 2, length - 1));
      }
    }
    return names;
  }
}
