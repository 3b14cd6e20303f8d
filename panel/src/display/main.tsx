import { beginPage } from '../shell/begin'
import { Idle } from './idle'

beginPage('display', <Idle />, null)
