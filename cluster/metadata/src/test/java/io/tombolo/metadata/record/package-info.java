/** Tests of the records and their binary form; start at {@code MetadataRecordCodecTest}. */
@NullMarked
package io.tombolo.metadata.record;

import org.jspecify.annotations.NullMarked;
