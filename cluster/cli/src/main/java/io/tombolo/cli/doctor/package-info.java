/**
 * {@code tombolo link doctor}: looks at a link from where the operator sits and from both its
 * regions, and names for each finding what was seen, why it matters and what to do.
 *
 * <p>Nothing here changes anything, and no answer is believed alone: what one end tells is compared
 * with the other end and with the file. Begin with {@link io.tombolo.cli.doctor.LinkDoctorCommand}.
 */
@NullMarked
package io.tombolo.cli.doctor;

import org.jspecify.annotations.NullMarked;
