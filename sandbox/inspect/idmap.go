package inspect

import (
	"fmt"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// parseIDMap reads /proc/PID/uid_map or gid_map (user_namespaces(7)).
func parseIDMap(text string) ([]sandbox.IDRange, error) {
	var ranges []sandbox.IDRange
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return nil, fmt.Errorf("parse id map: unexpected line %q", line)
		}
		var ids [3]uint32
		for i, field := range fields {
			id, err := strconv.ParseUint(field, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("parse id map: unexpected id %q", field)
			}
			ids[i] = uint32(id)
		}
		ranges = append(ranges, sandbox.IDRange{Inside: ids[0], Outside: ids[1], Size: ids[2]})
	}
	return ranges, nil
}
