/**
 * Service profiles from measurements: fitted on an offline sweep (one client, static batches), put
 * to the test on an online one (many clients, dynamic batching) that the fit never sees.
 */
package io.kiss.kisim.calibrate;
