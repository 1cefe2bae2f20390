# The guest that the probe runs: what a Linux kernel does in its first
# milliseconds, in long mode with paging on. It writes a letter to port 0x3f8
# after each thing that worked: ABCDEF, then halts. Loaded at 0x10000.
#
#   A  it runs at all          D  it goes on after the exception
#   B  the tables are loaded   E  an edited page table counts
#   C  an exception arrives    F  a system call came from ring 3
#
# Assemble: as --64 -o payload.o payload.s
#           ld -m elf_x86_64 -Ttext=0x10000 --oformat=binary -o payload.bin payload.o

	.set IDT, 0x15000		# 256 gates of 16 bytes, zero at first
	.set STACK, 0x20000
	.set USER_STACK, 0x1f000
	.set LETTERS, 0x3f8

	.macro say letter
	mov	$LETTERS, %dx
	mov	$\letter, %al
	out	%al, %dx
	.endm

	.text
	.globl _start
_start:
	say	'A'
	mov	$STACK, %rsp
	xor	%eax, %eax
	cpuid				# always exits to the host
	lgdt	gdtr(%rip)
	mov	$0x10, %ax
	mov	%eax, %ss
	mov	%eax, %ds
	mov	%eax, %es
	pushq	$0x08
	lea	1f(%rip), %rax
	push	%rax
	lretq				# loads CS from our own table
1:	mov	$0x30, %ax
	ltr	%ax
	lea	undefined(%rip), %rax
	mov	$IDT + 6*16, %edi	# #UD
	mov	$0x8e, %cl		# present, ring 0, interrupt gate
	call	gate
	lea	syscall80(%rip), %rax
	mov	$IDT + 0x80*16, %edi
	mov	$0xee, %cl		# the same, for ring 3 too
	call	gate
	lidt	idtr(%rip)
	say	'B'
	ud2				# "undefined" says C and steps over it
	say	'D'

	mov	%cr3, %rax		# PML4, PDPT, page directory
	mov	(%rax), %rax
	and	$~0xfff, %rax
	mov	(%rax), %rax
	and	$~0xfff, %rax
	movq	$0x87, 16(%rax)		# 4 MiB is now physical 0: present, writable, user, 2 MiB
	invlpg	0x400000
	mov	0x410000, %rcx
	cmp	0x10000, %rcx		# our own first bytes, seen twice
	jne	stop
	say	'E'

	pushq	$0x23			# SS, RSP, RFLAGS, CS, RIP of ring 3
	pushq	$USER_STACK
	pushq	$0x2
	pushq	$0x2b
	lea	user(%rip), %rax
	push	%rax
	iretq
user:	mov	$1000000, %ecx		# long enough for the host's timer to interrupt
2:	dec	%ecx
	jnz	2b
	int	$0x80
stop:	hlt

undefined:
	addq	$2, (%rsp)		# the length of UD2
	say	'C'
	iretq

syscall80:
	say	'F'
	hlt

# gate writes an interrupt gate for the code at rax, of type cl, to rdi.
gate:	mov	%ax, (%rdi)
	movw	$0x08, 2(%rdi)
	movb	$0, 4(%rdi)
	mov	%cl, 5(%rdi)
	shr	$16, %rax
	mov	%ax, 6(%rdi)
	shr	$16, %rax
	mov	%eax, 8(%rdi)
	movl	$0, 12(%rdi)
	ret

	.balign 16
gdt:	.quad	0
	.quad	0x00af9b000000ffff	# 0x08 code of ring 0, 64 bits
	.quad	0x00cf93000000ffff	# 0x10 data of ring 0
	.quad	0
	.quad	0x00cff3000000ffff	# 0x20 data of ring 3
	.quad	0x00affb000000ffff	# 0x28 code of ring 3, 64 bits
	.quad	0x0000890148000067	# 0x30 task state segment at 0x14800
	.quad	0
gdtr:	.word	63
	.quad	gdt
idtr:	.word	0xfff
	.quad	IDT
