/** A worker thread whose module cannot be loaded. */
throw new Error('it cannot begin');
