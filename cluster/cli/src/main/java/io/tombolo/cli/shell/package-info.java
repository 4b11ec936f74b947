/**
 * What every command shares: the options that all of them take, the streams they write to, the
 * topology file they read, and how they fail.
 *
 * <p>Never here: a command, a connection. Start at {@link io.tombolo.cli.shell.Shell}.
 */
@NullMarked
package io.tombolo.cli.shell;

import org.jspecify.annotations.NullMarked;
