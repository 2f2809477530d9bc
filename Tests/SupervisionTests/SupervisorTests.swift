import EventLoop
import Glibc
import IPC
import Supervision
import Testing

/// Real processes: a supervisor over test workers.
@Suite(.serialized) struct SupervisorTests {
    @Test func workersGetExactlyWhatTheyMayHaveAndHearTheirLink() throws {
        let node = try NodeKit("steady+spinner+talker")
        let view = try node.running(["steady.0", "spinner.0", "talker.0"])
        let spinner = node.trace("spinner.0")
        #expect(spinner.count == 1 && spinner[0].contains("environment 0 generation 1"))
        let steady = try node.worker(view, "steady.0"), other = try node.worker(view, "spinner.0")
        _ = try node.eventually { try view.region(steady).metric(0) > 100 && view.region(other).metric(0) > 100 ? true : nil }
        let link = try view.content().links[0]
        let next = try view.producerWord(link, RingProducerBlock.next), lost = try view.region(steady).input(0, RingCursorBlock.lost)
        #expect(next > 100 && lost == 0)
        // The spinner: 0–2, configuration, attachment, lifeline, region, bells, event, ring, the producer's event, and its
        // loop's own few; the supervisor holds far more.
        let held = try node.eventually { Int(spinner[0].split(separator: " ")[3]) }
        #expect(held >= 11 && held <= 20, "\(spinner[0])")
        node.signal(SIGTERM)
        #expect(try node.eventually { node.exit } == .code(0))
        #expect(node.trace("stops") == ["steady.0", "spinner.0", "talker.0"])
        #expect(access(node.directory + "/supervisor", F_OK) != 0)
        #expect(throws: IPCError.self) { try NodeView(directory: node.directory) }
    }

    @Test func killedWorkersComeBackWithinASecondAndLinksGoOn() throws {
        let node = try NodeKit("steady+talker", budget: 1000)
        let view = try node.running(["steady.0", "talker.0"])
        for round in 0..<10 {
            let name = round % 2 == 0 ? "talker.0" : "steady.0"
            let before = try node.worker(view, name)
            kill(before.processID, SIGKILL)
            _ = try node.eventually {
                let now = try node.worker(view, name)
                return now.processID != 0 && now.processID != before.processID ? true : nil
            }
            _ = try node.running(["steady.0", "talker.0"])
            let steady = try node.worker(view, "steady.0")
            let heard = try view.region(steady).metric(0)
            _ = try node.eventually { try view.region(steady).metric(0) > heard + 20 ? true : nil }
        }
        let workers = try view.content().workers.filter { $0.isActive }
        #expect(workers.allSatisfy { $0.restarts == 5 && $0.worstRestartMillis < 1000 && $0.lastExit == "signal 9" }, "\(workers)")
        let steady = try view.region(node.worker(view, "steady.0"))
        #expect(steady.input(0, RingCursorBlock.malformed) == 0)
        #expect(steady.input(0, RingCursorBlock.lost) == 0)
    }

    @Test func aHungWorkerIsKilledAndStartedAgain() throws {
        let node = try NodeKit("hanger")
        let view = try node.running(["hanger.0"])
        let worker = try node.eventually { try view.content().workers.first { $0.restarts == 1 && $0.processID != 0 } }
        #expect(worker.lastExit.hasPrefix("hung: no heartbeat for 1 s"))
    }

    @Test func aWorkerThatKeepsDyingIsGivenUpAndTheNodeSaysSo() throws {
        let node = try NodeKit("crasher+steady", budget: 3)
        let content = try node.eventually {
            let content = try NodeView(directory: node.directory).content()
            return content.degraded.isEmpty ? nil : content
        }
        #expect(content.degraded.count == 1 && content.degraded[0].hasPrefix("being crasher is off: worker crasher.0: 4 deaths within a minute"))
        #expect(content.degraded[0].contains("the test wants it so"))
        #expect(content.workers.first { $0.name == "crasher.0" }?.isGivenUp == true)
        // The rest goes on, and another try is given when asked.
        let view = try node.running(["steady.0"])
        #expect(try NodeControl.ask("scale crasher=1", directory: node.directory) == "ok crasher=1\n")
        _ = try node.eventually { try node.worker(view, "crasher.0").restarts > 3 ? true : nil }
    }

    @Test func anEssentialWorkerThatCannotWorkEndsTheNode() throws {
        let node = try NodeKit("steady+refuser")
        #expect(try node.eventually { node.exit } == .code(1))
    }

    @Test func scalingByCommandAndBySignal() throws {
        let node = try NodeKit("steady+talker")
        _ = try node.running(["steady.0", "talker.0"])
        #expect(try NodeControl.ask("scale steady=3", directory: node.directory) == "ok steady=3\n")
        let view = try node.running(["steady.0", "steady.1", "steady.2", "talker.0"])
        let third = try node.worker(view, "steady.2")
        _ = try node.eventually { try view.region(third).metric(0) > 20 ? true : nil }
        for bad in ["scale steady=99", "scale talker=2", "scale nobody=1", "scale steady", "scale", "scale steady=x", "dance", "scale steady=1 nobody=1"] {
            #expect(try NodeControl.ask(bad, directory: node.directory).hasPrefix("error "), "\(bad)")
        }
        let file = open(node.directory + "/counts", O_WRONLY | O_CREAT, 0o600)
        _ = write(file, "steady=1\n", 9)
        close(file)
        node.signal(SIGHUP)
        _ = try node.running(["steady.0", "talker.0"])
        #expect(try node.eventually { node.trace("stops").count == 2 ? true : nil })
        // Those who left hold nobody back.
        let steady = try node.worker(view, "steady.0")
        let heard = try view.region(steady).metric(0)
        _ = try node.eventually { try view.region(steady).metric(0) > heard + 200 ? true : nil }
    }

    @Test func childrenNeverOutliveTheSupervisor() throws {
        let node = try NodeKit("steady+spinner+talker+stubborn")
        let view = try node.running(["steady.0", "spinner.0", "talker.0", "stubborn.0"])
        let processes = try view.content().workers.map(\.processID).filter { $0 != 0 }
        #expect(processes.count == 4 && processes.allSatisfy(NodeKit.isAlive))
        node.signal(SIGKILL)
        #expect(try node.eventually(5) { processes.contains(where: NodeKit.isAlive) ? nil : true })
        #expect(throws: IPCError.self) { try NodeView(directory: node.directory) }
    }

    @Test func aWorkerThatDoesNotStopIsKilledInTime() throws {
        let node = try NodeKit("steady+stubborn")
        _ = try node.running(["steady.0", "stubborn.0"])
        let begin = EventLoop.monotonicNanos
        node.signal(SIGTERM)
        #expect(try node.eventually { node.exit } == .code(0))
        let millis = (EventLoop.monotonicNanos - begin) / 1_000_000
        #expect(millis >= 1000 && millis < 10_000)
    }
}
