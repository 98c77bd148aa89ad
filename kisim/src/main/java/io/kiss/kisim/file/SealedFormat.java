package io.kiss.kisim.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A kind of file whose beginning says what it is and whose end proves that nothing is missing or
 * changed: eight bytes of magic, the format's version (int), the length of the body (long), the
 * body, and SHA-256 over all of that. Numbers are big endian.
 *
 * @param name for people, such as {@code KIS-S policy}
 * @param magic eight ASCII characters
 * @param version that is written, and the only one that is read
 */
public record SealedFormat(String name, String magic, int version) {
  private static final int MAGIC_BYTES = 8;
  private static final int HEAD_BYTES = MAGIC_BYTES + Integer.BYTES + Long.BYTES;
  private static final int SEAL_BYTES = 32;

  /** No network and no run of ours comes near; a file that claims more is not read into memory. */
  private static final long MOST_BYTES = 1L << 30;

  public SealedFormat {
    if (magic.getBytes(StandardCharsets.US_ASCII).length != MAGIC_BYTES) {
      throw new IllegalArgumentException("magic must have 8 characters");
    }
  }

  /** Writes the file whole, or leaves what was there. */
  public void write(Path file, byte[] body) throws IOException {
    AtomicFiles.write(file, seal(body));
  }

  /** The file's bytes for this body. */
  public byte[] seal(byte[] body) {
    byte[] bytes = new byte[HEAD_BYTES + body.length + SEAL_BYTES];
    ByteBuffer.wrap(bytes)
        .put(magic.getBytes(StandardCharsets.US_ASCII))
        .putInt(version)
        .putLong(body.length)
        .put(body)
        .put(digest(bytes, HEAD_BYTES + body.length));
    return bytes;
  }

  /**
   * Reads a file's body.
   *
   * @throws UnusableFileException if there is none, or it is torn, damaged, foreign or of another
   *     version
   */
  public byte[] read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw refused(file, "is a folder, not a " + name + " file", null);
      }
      long size = Files.size(file);
      if (size > MOST_BYTES) {
        throw refused(file, "is no " + name + " file: it has " + size + " bytes", null);
      }
      return open(file.toString(), Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new UnusableFileException("there is no file " + file, e);
    } catch (IOException e) {
      throw refused(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The body of a file's bytes.
   *
   * @param file what a refusal calls it
   * @throws UnusableFileException if the bytes are torn, damaged, foreign or of another version
   */
  public byte[] open(String file, byte[] bytes) {
    if (bytes.length == 0) {
      throw refused(file, "is empty", null);
    }
    byte[] wanted = magic.getBytes(StandardCharsets.US_ASCII);
    int there = Math.min(bytes.length, MAGIC_BYTES);
    if (!Arrays.equals(bytes, 0, there, wanted, 0, there)) {
      throw refused(file, "is no " + name + " file", null);
    }
    if (bytes.length < HEAD_BYTES) {
      throw refused(file, "is torn: it ends after " + bytes.length + " bytes", null);
    }
    ByteBuffer head = ByteBuffer.wrap(bytes).position(MAGIC_BYTES);
    int found = head.getInt();
    if (found != version) {
      throw refused(
          file,
          "is a " + name + " file of format " + found + ", and this version reads " + version,
          null);
    }
    long length = head.getLong();
    if (length != (long) bytes.length - HEAD_BYTES - SEAL_BYTES) {
      throw refused(
          file,
          "is torn: it has "
              + bytes.length
              + " bytes, and should have "
              + (HEAD_BYTES + length + SEAL_BYTES),
          null);
    }
    int sealed = bytes.length - SEAL_BYTES;
    if (!MessageDigest.isEqual(
        digest(bytes, sealed), Arrays.copyOfRange(bytes, sealed, bytes.length))) {
      throw refused(file, "is damaged: its checksum does not match", null);
    }
    return Arrays.copyOfRange(bytes, HEAD_BYTES, sealed);
  }

  private static UnusableFileException refused(Object file, String why, Throwable cause) {
    return new UnusableFileException(file + " " + why, cause);
  }

  private static byte[] digest(byte[] bytes, int length) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, 0, length);
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
