package io.kiss.cluster;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Has a node write control messages and events as a version to come may: each object of ours in
 * them has a field that this version does not know.
 */
public final class NextVersionModule extends SimpleModule {
  /** On standard output of a node that writes so, once it has written one. */
  static final String SAID = "This node writes messages of the next version";

  private static final long serialVersionUID = 1;

  /** Called by Akka. */
  public NextVersionModule() {
    // A name of its own: Jackson takes modules of one name for one module.
    super("next-version");
  }

  @Override
  public void setupModule(SetupContext context) {
    context.addBeanSerializerModifier(new Adding());
  }

  private static final class Adding extends BeanSerializerModifier {
    private static final long serialVersionUID = 1;

    @Override
    public List<BeanPropertyWriter> changeProperties(
        SerializationConfig config, BeanDescription bean, List<BeanPropertyWriter> properties) {
      if (properties.isEmpty() || !bean.getBeanClass().getName().startsWith("io.kiss.")) {
        return properties;
      }
      List<BeanPropertyWriter> more = new ArrayList<>(properties);
      more.add(new Added(properties.get(0)));
      return more;
    }
  }

  private static final class Added extends BeanPropertyWriter {
    private static final long serialVersionUID = 1;
    private static final String NAME = "addedByTheNextVersion";
    private static boolean said;

    Added(BeanPropertyWriter model) {
      super(model, new PropertyName(NAME));
    }

    @Override
    public void serializeAsField(Object bean, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStringField(NAME, "what nobody knows yet");
      sayOnce();
    }

    private static synchronized void sayOnce() {
      if (!said) {
        said = true;
        System.out.println(SAID);
      }
    }
  }
}
