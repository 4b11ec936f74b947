/**
 * Reads a topology file: YAML 1.2 in, the model or every fault of the file out, each with
 * file:line:column and a fix.
 *
 * <p>Lives here: the parser, the rules for a single value and those across sections, and the notes
 * on what this release understands but does not do. Must never live here: access to files (the
 * caller brings the text), secrets (only references to them are read), or live state.
 *
 * <p>Start reading at {@link io.tombolo.region.topology.file.TopologyFile}; the text becomes a tree
 * in {@code YamlTree}, the tree is read by one {@code …Reader} per section through {@code Value},
 * and {@code LinkChecks} and {@code ListenerChecks} look across sections.
 */
@NullMarked
package io.tombolo.region.topology.file;

import org.jspecify.annotations.NullMarked;
