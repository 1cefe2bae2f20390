package seccomp

import (
	"maps"
	"slices"

	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/net/bpf"
)

// Where struct seccomp_data holds what (seccomp(2)). The two halves of an
// argument lie in the order of the processor's bytes; those whose calls are
// known here all put the low half first.
const (
	offNumber = 0
	offArch   = 4
	offArgs   = 16
)

// farthest is how far a conditional jump reaches.
const farthest = 255

// assemble puts the processors' sections behind a look at the processor. One
// that the profile does not name has its processes killed, as libseccomp does.
func assemble(sections map[uint32][]span) []bpf.Instruction {
	program := []bpf.Instruction{bpf.LoadAbsolute{Off: offArch, Size: 4}}
	for _, id := range slices.Sorted(maps.Keys(sections)) {
		section := append([]bpf.Instruction{bpf.LoadAbsolute{Off: offNumber, Size: 4}}, search(sections[id])...)
		program = append(program, unless(bpf.JumpEqual, id, len(section))...)
		program = append(program, section...)
	}
	return append(program, bpf.RetConstant{Val: retKillProcess})
}

// unless skips n instructions where the condition does not hold.
func unless(cond bpf.JumpTest, value uint32, n int) []bpf.Instruction {
	if n <= farthest {
		return []bpf.Instruction{bpf.JumpIf{Cond: cond, Val: value, SkipFalse: uint8(n)}}
	}
	return []bpf.Instruction{bpf.JumpIf{Cond: cond, Val: value, SkipTrue: 1}, bpf.Jump{Skip: uint32(n)}}
}

// search finds a call's span by halving: nine comparisons for 400 calls.
func search(list []span) []bpf.Instruction {
	if len(list) == 1 {
		return list[0].fate.instructions()
	}
	half := len(list) / 2
	low, high := search(list[:half]), search(list[half:])
	return slices.Concat(unless(bpf.JumpLessThan, list[half].from, len(low)), low, high)
}

// instructions try the tests in order; the number is not needed any more.
func (f fate) instructions() []bpf.Instruction {
	var list []bpf.Instruction
	for _, t := range f.tests {
		list = append(list, t.instructions()...)
	}
	return append(list, bpf.RetConstant{Val: f.rest})
}

func (t test) instructions() []bpf.Instruction {
	list := []bpf.Instruction{bpf.RetConstant{Val: t.then}}
	for _, a := range slices.Backward(t.args) {
		list = append(resolve(condition(a), len(list)), list...)
	}
	return list
}

// step is an instruction of a condition, with jumps whose aims are not
// numbered yet.
type step struct {
	bpf.Instruction
	cond  bpf.JumpTest
	value uint32
	to    aim // where to go when cond holds; otherwise to the next step
}

type aim int

const (
	onward aim = iota // no jump
	pass              // the condition holds
	fail              // the rule does not apply
)

// resolve numbers the jumps of a condition that n instructions of its rule
// follow.
func resolve(steps []step, n int) []bpf.Instruction {
	list := make([]bpf.Instruction, len(steps))
	for i, s := range steps {
		left := len(steps) - i - 1
		switch s.to {
		case onward:
			list[i] = s.Instruction
		case pass:
			list[i] = bpf.JumpIf{Cond: s.cond, Val: s.value, SkipTrue: uint8(left)}
		case fail:
			list[i] = bpf.JumpIf{Cond: s.cond, Val: s.value, SkipTrue: uint8(left + n)}
		}
	}
	return list
}

// condition compares an argument of 64 bits with registers of 32: the high
// half first.
func condition(a specs.LinuxSeccompArg) []step {
	offset := uint32(offArgs + 8*a.Index)
	low, high := uint32(a.Value), uint32(a.Value>>32)
	loadLow := step{Instruction: bpf.LoadAbsolute{Off: offset, Size: 4}}
	loadHigh := step{Instruction: bpf.LoadAbsolute{Off: offset + 4, Size: 4}}
	jump := func(cond bpf.JumpTest, value uint32, to aim) step { return step{cond: cond, value: value, to: to} }
	ordered := func(sooner, later, not bpf.JumpTest) []step {
		return []step{loadHigh, jump(sooner, high, pass), jump(later, high, fail), loadLow, jump(not, low, fail)}
	}
	switch a.Op {
	case specs.OpNotEqual:
		return []step{loadHigh, jump(bpf.JumpNotEqual, high, pass), loadLow, jump(bpf.JumpEqual, low, fail)}
	case specs.OpLessThan:
		return ordered(bpf.JumpLessThan, bpf.JumpGreaterThan, bpf.JumpGreaterOrEqual)
	case specs.OpLessEqual:
		return ordered(bpf.JumpLessThan, bpf.JumpGreaterThan, bpf.JumpGreaterThan)
	case specs.OpGreaterThan:
		return ordered(bpf.JumpGreaterThan, bpf.JumpLessThan, bpf.JumpLessOrEqual)
	case specs.OpGreaterEqual:
		return ordered(bpf.JumpGreaterThan, bpf.JumpLessThan, bpf.JumpLessThan)
	case specs.OpMaskedEqual:
		mask := func(half uint32) step { return step{Instruction: bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: half}} }
		return []step{
			loadHigh, mask(high), jump(bpf.JumpNotEqual, uint32(a.ValueTwo>>32), fail),
			loadLow, mask(low), jump(bpf.JumpNotEqual, uint32(a.ValueTwo), fail),
		}
	}
	return []step{loadHigh, jump(bpf.JumpNotEqual, high, fail), loadLow, jump(bpf.JumpNotEqual, low, fail)}
}
