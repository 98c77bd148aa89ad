/** What nodes say to each other, and the controller, namespace and scaler actors that say it. */
package io.kiss.actors;
