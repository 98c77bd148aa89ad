package io.kiss.actors.serialization;

import akka.actor.typed.ActorRef;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes samples of records by their components: a full one, where nothing is empty and no two
 * numbers are equal, and a bare one, where optionals and collections are empty and floating-point
 * numbers are NaN. Classes with rules of their own have samples written out.
 */
final class WireSamples {
  private final ActorRef<?> actor;
  private final boolean bare;
  private final Map<Class<?>, Object> written;
  private int counter = 1;

  WireSamples(ActorRef<?> actor, boolean bare) {
    this.actor = actor;
    this.bare = bare;
    written =
        Map.of(
            TrainingBudget.class, new TrainingBudget(0.125, Long.MAX_VALUE),
            GuardSettings.class, new GuardSettings(1.75, 3, 0.25, 61, 5, 901, 59, 7, 301),
            WorkloadSpec.class, new WorkloadSpec("web", 2, 30, 0.4, 0.03, 55, 61, 11, 14));
  }

  /** A sample, or an exception that says for what there is none. */
  Object of(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return ofGeneric(parameterized);
    }
    if (type instanceof GenericArrayType) {
      throw new IllegalArgumentException("no sample for " + type);
    }
    Class<?> raw = (Class<?>) type;
    if (written.containsKey(raw)) {
      return written.get(raw);
    }
    if (raw.isArray()) {
      return ofArray(raw.getComponentType());
    }
    if (raw.isEnum()) {
      Object[] constants = raw.getEnumConstants();
      return constants[counter++ % constants.length];
    }
    if (raw.isRecord()) {
      return ofRecord(raw);
    }
    return ofScalar(raw);
  }

  private Object ofScalar(Class<?> type) {
    int n = counter++;
    if (type == int.class || type == Integer.class) {
      return -70_000 - n;
    } else if (type == long.class || type == Long.class) {
      return (1L << 40) + n;
    } else if (type == double.class || type == Double.class) {
      return bare ? Double.NaN : n + 0.1;
    } else if (type == float.class || type == Float.class) {
      return bare ? Float.NaN : n + 0.1f;
    } else if (type == byte.class) {
      return (byte) (120 + n);
    } else if (type == boolean.class || type == Boolean.class) {
      return !bare;
    } else if (type == String.class) {
      return bare ? "" : "text ä€😀 " + n;
    }
    throw new IllegalArgumentException("no sample for " + type + "; write one in WireSamples");
  }

  private Object ofArray(Class<?> element) {
    Object array = Array.newInstance(element, bare ? 0 : 3);
    for (int i = 0; i < Array.getLength(array); i++) {
      Array.set(array, i, of(element));
    }
    return array;
  }

  private Object ofGeneric(ParameterizedType type) {
    Class<?> raw = (Class<?>) type.getRawType();
    if (raw == ActorRef.class) {
      return actor;
    }
    Type element = type.getActualTypeArguments()[0];
    if (raw == Optional.class) {
      return bare ? Optional.empty() : Optional.of(of(element));
    } else if (raw == List.class) {
      return bare ? List.of() : List.of(of(element), of(element));
    } else if (raw == Set.class && element instanceof Class<?> e && e.isEnum()) {
      return enumSet(e);
    }
    throw new IllegalArgumentException("no sample for " + type + "; write one in WireSamples");
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private Object enumSet(Class element) {
    EnumSet set = EnumSet.noneOf(element);
    Object[] constants = element.getEnumConstants();
    if (!bare) {
      set.add(constants[0]);
      set.add(constants[constants.length - 1]);
    }
    return set;
  }

  private Object ofRecord(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values =
        Arrays.stream(components).map(c -> of(c.getGenericType())).toArray(Object[]::new);
    try {
      Constructor<?> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "no sample for " + type.getName() + "; write one in WireSamples", e);
    }
  }
}
