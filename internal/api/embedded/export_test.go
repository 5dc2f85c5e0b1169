package embedded

import "time"

// SetClock lets a plane go by another wall clock.
func (p *Plane) SetClock(now func() time.Time) { p.now = now }

// SetCopyWait lets a plane wait so long before it tries a copy for the second time.
func (p *Plane) SetCopyWait(wait time.Duration) { p.copyWait = wait }
