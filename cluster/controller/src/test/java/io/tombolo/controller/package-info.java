/** Tests of the controller; start at {@code TopicCommandsTest}. */
@NullMarked
package io.tombolo.controller;

import org.jspecify.annotations.NullMarked;
