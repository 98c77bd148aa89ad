package io.kiss.cluster.boot;

import ch.qos.logback.core.rolling.RollingFileAppender;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Makes its file, and the folders it lies in, with the first line that goes there: a command that
 * is refused leaves nothing behind. {@code logback.xml} names it.
 */
public final class LateFileAppender<E> extends RollingFileAppender<E> {
  private boolean wanted;
  private boolean open;

  @Override
  public void openFile(String file) throws IOException {
    if (wanted) {
      super.openFile(file);
      open = true;
    } else {
      setOutputStream(OutputStream.nullOutputStream());
    }
  }

  @Override
  protected void subAppend(E event) {
    open();
    super.subAppend(event);
  }

  private synchronized void open() {
    if (open) {
      return;
    }
    wanted = true;
    try {
      openFile(getFile());
    } catch (IOException e) {
      throw new UncheckedIOException(getFile() + " cannot be written", e);
    }
  }
}
