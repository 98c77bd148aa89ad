/**
 * The controller: an event-sourced cluster singleton that owns attachments, the policy registry and
 * assignments, and tells the namespaces' entities again and again what it decided.
 */
package io.kiss.actors.controller;
