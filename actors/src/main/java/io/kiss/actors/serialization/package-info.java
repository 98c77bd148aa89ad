/**
 * How messages cross nodes: Jackson CBOR for {@link io.kiss.actors.protocol.ControlMessage}, Kryo
 * for {@link io.kiss.actors.protocol.BulkMessage}, nothing else.
 */
package io.kiss.actors.serialization;
