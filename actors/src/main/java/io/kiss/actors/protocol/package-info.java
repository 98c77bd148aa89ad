/**
 * Messages that cross nodes. Each is a {@link io.kiss.actors.protocol.ControlMessage} or a {@link
 * io.kiss.actors.protocol.BulkMessage}, which says how it is serialized.
 */
package io.kiss.actors.protocol;
