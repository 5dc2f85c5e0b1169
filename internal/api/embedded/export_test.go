package embedded

import "time"

// SetClock lets a plane go by another wall clock.
func (p *Plane) SetClock(now func() time.Time) { p.now = now }

// DriveLease is how long a run waits for who drives it.
const DriveLease = driveLease
